"""Repairs of MiniStack 1.5.33, which Python loads at its start from PYTHONPATH (see ../ministack.ts).

Of a Parallel state in JSONata, that release leaves out Arguments, Output and Assign, lets all branches work in one
context, so that they read each other's variables and task tokens, and waits for the other branches when one has failed.
AWS: "Parallel workflow state" and "Passing data between states with variables" in the Step Functions Developer Guide.

Of a distributed Map in JSONata, it leaves out Items, ItemSelector, Output and Assign, gives children the context and the variables
of their parent, waits for the other children when one has failed, and writes nothing of it into the histories.
AWS: "Using Map state in Distributed mode" in the Step Functions Developer Guide.
"""

import contextvars
import copy
import json
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
    unrepaired_map = sfn._run_distributed_map

    def run_distributed_map(state_def, raw_input, effective, iterator, execution, ctx):
        is_jsonata = sfn._state_query_language(state_def, ctx) == "JSONata"
        if not is_jsonata or state_def.get("ItemReader"):
            return unrepaired_map(state_def, raw_input, effective, iterator, execution, ctx)
        results = MapRun(sfn, state_def, execution, ctx).run(raw_input, iterator)
        output = sfn._apply_jsonata_output(state_def, raw_input, ctx, result=results, default=results)
        sfn._apply_state_assign(state_def, raw_input, ctx, result=results)
        return output, sfn._next_or_end(state_def)

    sfn._run_distributed_map = run_distributed_map


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


class Stopped:
    """Whether an execution does not run any more, in the place of an event."""

    def __init__(self, execution):
        self.execution = execution

    def is_set(self):
        return self.execution["status"] != "RUNNING"


class MapRun:
    """One run of a distributed Map: each item is a child execution, with a context and variables of its own."""

    COUNTS = ("pending", "running", "succeeded", "failed", "timedOut", "aborted", "total", "resultsWritten",
              "failuresNotRedrivable", "pendingRedrive")

    def __init__(self, sfn, state_def, execution, ctx):
        self.sfn, self.state_def, self.execution, self.ctx = sfn, state_def, execution, ctx
        parent = execution["stateMachineArn"].split(":")
        self.label = state_def.get("Label") or sfn.new_uuid()
        self.names = f"{parent[6].split('/')[0]}/{self.label}"
        self.prefix = f"arn:aws:states:{parent[3]}:{parent[4]}"
        self.arn = f"{self.prefix}:mapRun:{self.names}:{sfn.new_uuid()}"
        self.cut_off = threading.Event()
        self.ended = queue.SimpleQueue()

    def run(self, raw_input, iterator):
        sfn, state_def = self.sfn, self.state_def
        items = sfn._jsonata_state_field(state_def, "Items", "array", raw_input, self.ctx)
        most = int(state_def.get("MaxConcurrency") or 0) or 64
        counts = {**dict.fromkeys(self.COUNTS, 0), "total": len(items), "pending": len(items)}
        record = {
            "mapRunArn": self.arn, "executionArn": self.execution["executionArn"], "status": "RUNNING",
            "startDate": sfn.now_iso(), "maxConcurrency": most, "toleratedFailurePercentage": 0,
            "toleratedFailureCount": 0, "itemCounts": counts, "executionCounts": counts, "redriveCount": 0,
            "_stateMachineArn": f"{self.prefix}:stateMachine:{self.names}",
        }
        sfn._map_runs[self.arn] = record
        sfn._add_event(self.execution, "MapStateStarted", {"mapStateStartedEventDetails": {"length": len(items)}})
        sfn._add_event(self.execution, "MapRunStarted", {"mapRunStartedEventDetails": {"mapRunArn": self.arn}})
        waiting = queue.SimpleQueue()
        for numbered in enumerate(items):
            waiting.put(numbered)
        results = [None] * len(items)
        for _ in range(min(most, len(items))):
            context = contextvars.copy_context()
            args = (self.work, waiting, results, raw_input, iterator)
            threading.Thread(target=context.run, args=args, daemon=True).start()
        for _ in items:
            outcome = self.ended.get()
            counts["pending"] -= 1
            counts[outcome] += 1
            if outcome != "succeeded":
                self.fail(record)
        record.update(status="SUCCEEDED", stopDate=sfn.now_iso())
        sfn._add_event(self.execution, "MapRunSucceeded", {})
        return results

    def fail(self, record):
        self.cut_off.set()
        record.update(status="FAILED", stopDate=self.sfn.now_iso())
        failure = ("States.ExceedToleratedFailureThreshold", "The specified tolerated failure threshold was exceeded")
        details = {"error": failure[0], "cause": failure[1]}
        self.sfn._add_event(self.execution, "MapRunFailed", {"mapRunFailedEventDetails": details})
        raise self.sfn._ExecutionError(*failure)

    def work(self, waiting, results, raw_input, iterator):
        CUT_OFF.set((*CUT_OFF.get(), self.cut_off, Stopped(self.execution)))
        while not self.cut_off.is_set():
            try:
                index, item = waiting.get_nowait()
            except queue.Empty:
                return
            self.ended.put(self.run_child(index, item, results, raw_input, iterator))

    def run_child(self, index, item, results, raw_input, iterator):
        sfn = self.sfn
        name = sfn.new_uuid()
        child = {
            "executionArn": f"{self.prefix}:execution:{self.names}:{name}", "name": name, "status": "RUNNING",
            "stateMachineArn": f"{self.prefix}:stateMachine:{self.names}", "startDate": sfn.now_iso(), "stopDate": None,
            "input": "null", "inputDetails": {"included": True}, "output": None, "outputDetails": {"included": True},
            "mapRunArn": self.arn, "events": [], "testCase": self.execution.get("testCase"), "mockAttempts": {},
        }
        sfn._executions[child["executionArn"]] = child
        try:
            of_item = copy.deepcopy(self.ctx)
            of_item["Map"] = {"Item": {"Index": index, "Value": item}}
            selector = self.state_def.get("ItemSelector")
            given = item if selector is None else sfn._apply_jsonata_template(selector, raw_input, of_item)
            child["input"] = json.dumps(given)
            details = {"input": child["input"]}
            sfn._add_event(child, "ExecutionStarted", {"executionStartedEventDetails": details})
            ctx = {
                "QueryLanguage": self.ctx.get("QueryLanguage", "JSONPath"), "variables": {},
                "Execution": {"Id": child["executionArn"], "Input": given, "Name": name, "StartTime": child["startDate"]},
                "StateMachine": {"Id": child["stateMachineArn"], "Name": self.names},
            }
            results[index] = sfn._run_sub_machine(
                States(iterator["States"]), iterator["StartAt"], copy.deepcopy(given), child, ctx)
            child.update(status="SUCCEEDED", output=json.dumps(results[index]), stopDate=sfn.now_iso())
            details = {"output": child["output"]}
            sfn._add_event(child, "ExecutionSucceeded", {"executionSucceededEventDetails": details})
            return "succeeded"
        except InterruptedError:
            child.update(status="ABORTED", stopDate=sfn.now_iso())
            sfn._add_event(child, "ExecutionAborted", {"executionAbortedEventDetails": {}})
            return "aborted"
        except Exception as error:  # noqa: BLE001 - told by the child's end
            failure = error if isinstance(error, sfn._ExecutionError) else sfn._ExecutionError("States.Runtime", str(error))
            child.update(status="FAILED", error=failure.error, cause=failure.cause, stopDate=sfn.now_iso())
            details = {"error": failure.error, "cause": failure.cause}
            sfn._add_event(child, "ExecutionFailed", {"executionFailedEventDetails": details})
            return "failed"


try:
    if version("ministack") == REPAIRED:
        from ministack.services import stepfunctions

        repair(stepfunctions)
except PackageNotFoundError:
    pass
