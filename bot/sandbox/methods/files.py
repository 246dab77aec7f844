"""Uploads in three steps: ask for a URL, send the bytes there, say that they are complete."""

from __future__ import annotations

import time
from email.parser import BytesParser
from email.policy import HTTP

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from bot.sandbox.core import Slack, writable_channel
from bot.sandbox.methods import checks
from bot.sandbox.methods.api import Arguments, At, Method
from bot.sandbox.methods.chat import from_bot, publish
from bot.sandbox.methods.checks import Refused
from bot.sandbox.state import File, Json, new_id

MAX_ALT_TEXT = 1_000
_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "csv": "text/csv",
    "txt": "text/plain",
}


def _ask(at: At, args: Arguments) -> Json:
    length = args.number("length", 0, 1_000_000_000)
    if not args.get("length"):
        raise Refused("invalid_arguments", "[ERROR] missing required field: length")
    if len(args.text("alt_txt", "")) > MAX_ALT_TEXT:
        raise Refused("alt_txt_too_large")
    made = File(new_id("F"), args.text("filename"), length, alt_text=args.text("alt_txt", ""))
    at.workspace.files[made.id] = made
    return {"upload_url": f"{at.slack.url}/upload/{made.id}", "file_id": made.id}


def shown(at_url: str, file: File) -> Json:
    """A file in Slack's JSON; its content is served by the sandbox."""
    address = f"{at_url}/files/{file.id}/{file.name}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": _TYPES.get(file.kind, "application/octet-stream"),
        "filetype": file.kind,
        "size": len(file.content or b""),
        "alt_txt": file.alt_text,
        "url_private": address,
        "permalink": address,
    }


def _complete(at: At, args: Arguments) -> Json:
    wished = args.get("files")
    if not isinstance(wished, list) or not wished or not all(isinstance(f, dict) for f in wished):
        raise Refused("invalid_arguments", "[ERROR] missing required field: files")
    found = [at.workspace.files.get(str(entry.get("id"))) for entry in wished]
    if any(file is None or file.content is None for file in found):
        raise Refused("file_not_found")
    files = [file for file in found if file is not None]
    for file, entry in zip(files, wished, strict=True):
        file.title = str(entry.get("title") or file.name)
        file.ready_at = time.monotonic() + at.slack.file_delay_s
    answers = [shown(at.slack.url, file) for file in files]
    channel_id = args.maybe("channel_id") or args.text("channels", "").partition(",")[0]
    if channel_id:
        channel = writable_channel(at.workspace, channel_id)
        blocks = checks.blocks(args["blocks"], shows=at.workspace.shows) if args.get("blocks") else []
        message = from_bot(at, channel.id, args.text("initial_comment", ""), blocks, args.maybe("thread_ts"))
        message.files, message.subtype = answers, "file_share"
        publish(at, message)
    return {"files": answers}


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": _ask,
    "files.completeUploadExternal": _complete,
}


def _find(slack: Slack, wished: str) -> File | None:
    return next((w.files[wished] for w in slack.workspaces.values() if wished in w.files), None)


async def receive(slack: Slack, request: Request) -> Response:
    """The upload URL: takes as many bytes as were announced, raw or as a file in a form.

    https://docs.slack.dev/reference/methods/files.getUploadURLExternal/
    """
    file, content = _find(slack, request.path_params["file"]), await request.body()
    if (kind := request.headers.get("Content-Type", "")).casefold().startswith("multipart/form-data"):
        content = _in_form(kind, content)
    if file is None or len(content) != file.length:
        return PlainTextResponse("length mismatch", status_code=400)
    file.content = content
    return PlainTextResponse(f"OK - {len(content)}")


def _in_form(kind: str, body: bytes) -> bytes:
    """The file of a form; empty where there is none. A form is a message in MIME, and read as one."""
    form = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + body)
    files = [part for part in form.iter_parts() if part.get_filename() is not None] if form.is_multipart() else []
    content = files[0].get_payload(decode=True) if files else b""
    return content if isinstance(content, bytes) else b""


async def serve(slack: Slack, request: Request) -> Response:
    """What was uploaded and completed."""
    file = _find(slack, request.path_params["file"])
    if file is None or file.content is None or not file.completed:
        return PlainTextResponse("not found", status_code=404)
    kind = shown(slack.url, file)["mimetype"]
    headers = {"X-Content-Type-Options": "nosniff", "Content-Disposition": "inline"}
    return Response(file.content, media_type=kind if kind.startswith("image/") else "text/plain", headers=headers)
