"""What is set in a channel, as a form for those who may change it and in words for others. Pure: no Slack is called
here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.news import words as news_words
from bot.news.catalogue import spoken
from bot.news.digest.subscription import told_topics
from bot.news.rules import Changed, ChannelRules, Focus, Listed, Rules, WorkspaceRules
from bot.slack.looks import fields, kit
from bot.slack.looks.fields import Misfilled
from bot.slack.looks.kit import Json

KIND = "settings"  # the form's callback_id
TOPICS, WHICH, OUTLETS, LANGUAGE, ASKERS = "topics", "which_outlets", "outlets", "language", "askers"
PEOPLE, CHANNELS = "people", "channels"
RIGHTS = ("asking", "adding", "digests")  # as `WorkspaceRules` and the catalogue name them
ALL, ONLY, WITHOUT = "all", "only", "without"
OWN = "own"  # for no language of the channel's: an option needs a value
TOPICS_CHARACTERS = 1_000
OPTIONS = 100  # of a menu; Slack takes no more
VALUE_CHARACTERS = 150  # of an option


@dataclass(frozen=True, slots=True)
class Seen:
    """What the form shows. `direct`: it is a person's direct message with the bot. `whole`: with what holds for the
    workspace. `outlets`: the names of all, and `tail`: what stands below."""

    channel: str
    rules: Rules
    direct: bool
    whole: bool
    outlets: Sequence[str]
    tail: Sequence[Json] = ()


@dataclass(frozen=True, slots=True)
class Wished:
    """What a form was filled with; `workspace` is None where it did not ask for that."""

    channel: str
    rules: ChannelRules
    workspace: WorkspaceRules | None


def form(seen: Seen) -> Json:
    rules, told = seen.rules.channel, spoken().settings
    blocks = [*_focus(rules.focus, seen.outlets), _language(rules.language)]
    if not seen.direct:
        blocks.append(_people(ASKERS, told.askers, rules.askers, told.askers_hint))
    if seen.whole:
        blocks += [kit.header(told.workspace), kit.context(told.workspace_hint)]
        for name, (right, usual) in told.rights.items():
            hint = told.nobody_named.format(who=usual)
            listed: Listed = getattr(seen.rules.workspace, name)
            people, channels = (
                told.people.format(right=right),
                told.channels.format(right=right),
            )
            blocks += [
                _people(f"{name}_{PEOPLE}", people, listed.people, hint),
                _channels(f"{name}_{CHANNELS}", channels, listed.channels),
            ]
    return {
        "type": "modal",
        "callback_id": KIND,
        "private_metadata": json.dumps({"channel": seen.channel}),
        "title": kit.plain(told.title),
        "submit": kit.plain(spoken().clicks.save),
        "close": kit.plain(spoken().clicks.close),
        "blocks": [*blocks, *seen.tail],
    }


def filled(view: Mapping[str, Any]) -> Wished:
    """What somebody wished for. Raises Misfilled."""
    values = fields.filled(view)
    rules = ChannelRules(
        Focus(fields.topics_in(values, TOPICS), *_outlets(values)),
        fields.chosen(values, LANGUAGE).removeprefix(OWN),
        _ids(values, ASKERS, "selected_users"),
    )
    workspace = None
    if f"{RIGHTS[0]}_{PEOPLE}" in values:
        workspace = WorkspaceRules(
            **{
                name: Listed(
                    _ids(values, f"{name}_{PEOPLE}", "selected_users"),
                    _ids(values, f"{name}_{CHANNELS}", "selected_conversations"),
                )
                for name in RIGHTS
            }
        )
    return Wished(json.loads(view["private_metadata"])["channel"], rules, workspace)


def told(rules: ChannelRules, *, direct: bool) -> list[Json]:
    """What is set in a channel, a line for each."""
    focus, told = rules.focus, spoken().settings
    outlets = told.every_topic
    if focus.outlets:
        outlets = (told.all_but if focus.without else told.only).format(outlets=", ".join(focus.outlets))
    lines = [
        _line(told.topics, kit.text(told_topics(focus.topics) or told.every_topic)),
        _line(told.outlets, kit.text(outlets)),
        _line(told.language, kit.text(spoken().languages.get(rules.language, told.own_language))),
    ]
    if not direct:
        lines.append(_line(told.askers, *(people(rules.askers) or [kit.text(told.everybody)])))
    return lines


def told_rights(rules: WorkspaceRules) -> list[Json]:
    """Who may do what in the workspace, a line for each right."""
    told = spoken().settings
    lines = []
    for name, (right, usual) in told.rights.items():
        listed: Listed = getattr(rules, name)
        channels = [part for id in listed.channels for part in ({"type": "channel", "channel_id": id}, kit.text(" "))]
        lines.append(_line(right, *(people(listed.people) + channels or [kit.text(usual)])))
    return lines


def changed(by: Changed) -> Json:
    """Who made the last change, and when."""
    told = spoken().settings
    when = told.last_changed_at.format(day=news_words.day(by.at), time=f"{by.at:%H:%M}")
    return kit.paragraph(kit.text(told.last_changed), *people([by.by]), kit.text(when, spaced=False))


def people(ids: Sequence[str]) -> list[Json]:
    return [part for id in ids for part in ({"type": "user", "user_id": id}, kit.text(" "))]


def _line(name: str, *told: Json) -> Json:
    return kit.paragraph(kit.text(f"{name}:", bold=True), *told)


def _focus(focus: Focus, names: Sequence[str]) -> list[Json]:
    told = spoken().settings
    topics_field = fields.text(told_topics(focus.topics), TOPICS_CHARACTERS)
    blocks = [_field(TOPICS, told.topics, topics_field, told.topics_hint)]
    offered = [n for n in dict.fromkeys([*focus.outlets, *names]) if 0 < len(n) <= VALUE_CHARACTERS][:OPTIONS]
    if not offered:
        return blocks
    which = {
        ALL: told.all_outlets,
        ONLY: told.only_outlets,
        WITHOUT: told.not_outlets,
    }
    now = (WITHOUT if focus.without else ONLY) if focus.outlets else ALL
    chosen: Json = {"type": "multi_static_select", "options": [fields.option(name, name) for name in offered]}
    if initial := [fields.option(name, name) for name in offered if name in focus.outlets]:
        chosen["initial_options"] = initial
    return [
        *blocks,
        _field(WHICH, told.which_outlets, fields.menu(which, now), told.outlets_hint),
        _field(OUTLETS, told.outlets, chosen),
    ]


def _language(now: str) -> Json:
    told = spoken().settings
    offered = {OWN: told.own_language} | dict(sorted(spoken().languages.items(), key=lambda pair: pair[1]))
    return _field(LANGUAGE, told.language, fields.menu(offered, now or OWN), told.language_hint)


def _people(name: str, label: str, now: Sequence[str], hint: str) -> Json:
    element: Json = {"type": "multi_users_select"}
    return _field(name, label, element | ({"initial_users": list(now)} if now else {}), hint)


def _channels(name: str, label: str, now: Sequence[str]) -> Json:
    element: Json = {
        "type": "multi_conversations_select",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return _field(name, label, element | ({"initial_conversations": list(now)} if now else {}))


def _field(name: str, label: str, element: Json, hint: str = "") -> Json:
    return fields.field(name, label, element, hint, optional=True)


def _outlets(values: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """The outlets, and whether they are those that do not count."""
    which = fields.chosen(values, WHICH)
    if which in ("", ALL):
        return (), False
    chosen = tuple(fields.ticked(values, OUTLETS))
    if not chosen:
        raise Misfilled(OUTLETS, spoken().settings.no_outlet_chosen)
    return chosen, which == WITHOUT


def _ids(values: Mapping[str, Any], name: str, kind: str) -> tuple[str, ...]:
    return tuple((values.get(name) or {}).get(kind) or ())
