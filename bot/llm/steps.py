"""Every step at which the model is asked, with its prompt and its shape."""

from __future__ import annotations

from bot.llm.narrator import SUMMARY
from bot.llm.prompts import Prompts
from bot.llm.proposer import PROPOSE
from bot.llm.reader import stands_for
from bot.llm.replies import ANSWER, SECOND_LOOK, STANDALONE
from bot.llm.summariser import DIGEST


def prompt_digests(prompts: Prompts) -> dict[str, str]:
    """What stands for the present prompt of each step, as kept replies name it; for `kept.stale`."""
    return {
        ANSWER.name: stands_for(prompts.answer, ANSWER),
        SECOND_LOOK.name: stands_for(prompts.second_look, SECOND_LOOK),
        STANDALONE.name: stands_for(prompts.standalone, STANDALONE),
        PROPOSE.name: stands_for(prompts.propose, PROPOSE),
        DIGEST.name: stands_for(prompts.digest, DIGEST),
        SUMMARY.name: stands_for(prompts.summary, SUMMARY),
    }
