"""functions.*: how a custom step of a workflow ends."""

from __future__ import annotations

from bot.sandbox.methods.api import Arguments, At, Method
from bot.sandbox.methods.checks import Refused
from bot.sandbox.state import Execution, Json


def _running(at: At, args: Arguments) -> Execution:
    found = at.workspace.executions.get(args.text("function_execution_id"))
    if found is None:
        raise Refused("function_execution_not_found")
    if found.ended:
        raise Refused("function_execution_not_in_running_state")
    return found


def _succeed(at: At, args: Arguments) -> Json:
    """What the step gives is what the manifest promises, and all of that."""
    execution, outputs = _running(at, args), args.get("outputs")
    if not isinstance(outputs, dict):
        raise Refused("parameter_validation_failed", "[ERROR] outputs must be an object")
    promised = at.slack.app.functions.get(execution.callback_id, {}).get("output_parameters", {})
    missing = [name for name, told in promised.items() if told.get("is_required") and name not in outputs]
    if missing or outputs.keys() - promised.keys():
        raise Refused("parameter_validation_failed", f"[ERROR] outputs are {', '.join(promised)}")
    execution.outputs = outputs
    return _told(at)


def _fail(at: At, args: Arguments) -> Json:
    execution = _running(at, args)
    execution.error = args.text("error")
    return _told(at)


def _told(at: At) -> Json:
    at.slack.changes.tell({"kind": "step", "team": at.workspace.id})
    return {}


METHODS: dict[str, Method] = {"functions.completeSuccess": _succeed, "functions.completeError": _fail}
