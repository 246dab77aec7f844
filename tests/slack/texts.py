"""Texts that have broken other bots: hostile, from other scripts, shaped like code."""

from __future__ import annotations

HOSTILE = (
    "<!channel> <!here|here> <@U0ANNA> <#C0GENERAL|general> <!subteam^S123|@team> @here @everyone "
    "<https://evil.example.com|harmless> [safe](https://evil.example.com) ![pixel](https://evil.example.com/p.png) "
    "https://evil.example.com/?q=secret www.evil.example.com evil.example.com mail@evil.example.com "
    "<!date^1392734382^{date}^https://evil.example.com|then> :rotating_light: *bold* _it_ ~no~ `code` ```block``` "
    "&lt;!channel&gt; &amp;lt;!here&amp;gt; \\<!channel> | a | b | ]( ** __ \\"
)
HIDDEN = (
    "in\u200bvis\u200dible \u202eesrever\u202c \u2066isolated\u2069 tag\U000e0041\U000e0042 "
    "soft\u00adhyphen \ufeffend\x00\x07"
)

ODD_TEXTS = {
    "hostile": HOSTILE,
    "hidden": HIDDEN,
    "right-to-left": "قال الوزير إن الشركات البريطانية تستطيع استخدام النماذج الآن. می‌خواهم بدانم. שלום עולם.",
    "emoji": "Great 👩‍👩‍👧‍👦 news 🇬🇧 for ❤️ 1️⃣ start-ups 👍🏽 at 10:30:15, :tada: they said.",
    "code": "if (a < b && c > d) { x[i] = *p; } // see foo_bar_baz() in main.c | grep 'x' # $HOME `ls -la` \\n",
    "list": "1. First\n2. Second\n- third\n# Heading\n> quote\n    indented\n\n---\n===",
    "chinese": "英国公司现在可以使用这些模型。部长说：“许可证已经发放。”",
}
