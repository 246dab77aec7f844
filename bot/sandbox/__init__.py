"""A Slack of one's own on loopback. It meets the bot only over HTTP and sockets and imports no other room.

    async with Sandbox() as sandbox:                          # or Sandbox(request_url=…) for HTTP events
        app = AsyncApp(token=sandbox.bot_token, client=AsyncWebClient(sandbox.bot_token, base_url=sandbox.api_url), …)
        asked = await sandbox.say(GENERAL, ANNA, f"{sandbox.mention} Who lifted the ban?")
        answer = await sandbox.wait_for(lambda: [m for m in sandbox.replies(asked) if not m.streaming])

`Sandbox` (in `sandbox.py`) holds everything: being a person (say, edit, delete, click, submit, command, shortcut,
open_home, open_dm, stop_stream, invite), reading (messages, replies, private, status, session, view, home, calls,
refusals, deliveries), waiting (wait_for), and trouble (`faults`, refresh_sockets, close_sockets).
Accepted calls are written as JSON Lines to the file or folder that RECORD_SLACK_CALLS names.
"""

from bot.sandbox.app import ALL_EVENTS
from bot.sandbox.core import Call
from bot.sandbox.faults import Faults
from bot.sandbox.methods.checks import Refused
from bot.sandbox.page.dev import Dev
from bot.sandbox.reaching.delivery import Delivery
from bot.sandbox.sandbox import Sandbox
from bot.sandbox.state import Channel, Message, OpenView, Person, Session, Status, Workspace

# People and channels of the workspace that is there from the start.
ANNA, BEN, CHIE, OTHER_BOT = "U0ANNA", "U0BEN", "U0CHIE", "U0OTHER"
GENERAL, POLICY, RANDOM = "C0GENERAL", "C0POLICY", "C0RANDOM"

__all__ = [
    "ALL_EVENTS",
    "ANNA",
    "BEN",
    "CHIE",
    "GENERAL",
    "OTHER_BOT",
    "POLICY",
    "RANDOM",
    "Call",
    "Channel",
    "Delivery",
    "Dev",
    "Faults",
    "Message",
    "OpenView",
    "Person",
    "Refused",
    "Sandbox",
    "Session",
    "Status",
    "Workspace",
]
