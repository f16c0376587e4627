"""A repair of MiniStack 1.5.33, which Python loads at its start from PYTHONPATH (see ../ministack.ts).

Of a Parallel state in JSONata, that release leaves out Arguments, Output and Assign, lets all branches work in one
context, so that they read each other's variables and task tokens, and waits for the other branches when one has failed.
AWS: "Parallel workflow state" and "Passing data between states with variables" in the Step Functions Developer Guide.
"""

import contextvars
import copy
import queue
import threading
from importlib.metadata import PackageNotFoundError, version

REPAIRED = "1.5.33"


def repair(sfn):
    """Puts a Parallel state that keeps to States Language in the place of MiniStack's own."""
    unrepaired = sfn._run_parallel_branches

    def run_parallel_branches(state_def, raw_input, execution, ctx):
        if sfn._state_query_language(state_def, ctx) != "JSONata":
            return unrepaired(state_def, raw_input, execution, ctx)
        arguments = sfn._apply_jsonata_arguments(state_def, raw_input, ctx)
        results = run_branches(sfn, state_def["Branches"], lambda branch, own: sfn._run_sub_machine(
            branch["States"], branch["StartAt"], copy.deepcopy(arguments), execution, own), ctx)
        output = sfn._apply_jsonata_output(state_def, raw_input, ctx, result=results, default=results)
        sfn._apply_state_assign(state_def, raw_input, ctx, result=results)
        return output, sfn._next_or_end(state_def)

    sfn._run_parallel_branches = run_parallel_branches


# Of each Parallel state around: whether a branch of it has failed, so that the others go no further.
CUT_OFF = contextvars.ContextVar("cut_off", default=())


class States(dict):
    """The states of a branch, of which none is entered any more once the branch is cut off."""

    def get(self, name, default=None):
        if any(cut_off.is_set() for cut_off in CUT_OFF.get()):
            raise InterruptedError(name)
        return super().get(name, default)


def run_branches(sfn, branches, run, ctx):
    """Runs each branch in a thread and a context of its own. Raises what the first of them fails with, when it does."""
    results = [None] * len(branches)
    ended = queue.SimpleQueue()
    cut_off = threading.Event()

    def run_branch(index, branch):
        CUT_OFF.set((*CUT_OFF.get(), cut_off))
        try:
            results[index] = run({**branch, "States": States(branch["States"])}, copy.deepcopy(ctx))
            ended.put(None)
        except Exception as error:  # noqa: BLE001 - told to the state below
            ended.put(error)

    for index, branch in enumerate(branches):
        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(run_branch, index, branch), daemon=True).start()
    for _ in branches:
        error = ended.get()
        if error is not None:
            cut_off.set()
            raise error if isinstance(error, sfn._ExecutionError) else sfn._ExecutionError("States.BranchFailed", str(error))
    return results


try:
    if version("ministack") == REPAIRED:
        from ministack.services import stepfunctions

        repair(stepfunctions)
except PackageNotFoundError:
    pass
