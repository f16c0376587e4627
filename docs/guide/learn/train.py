"""Learns a better decision from an export, with nothing but Python itself.

    stepwright decisions show wave-policy --json > decision.json
    stepwright decisions export wave-policy --split time:0.8 -o data
    python3 train.py decision.json data --version 1.2.0 -o wave-policy.json

What is learned is a policy tree: the rows are divided by what was known, so that in each part the answer that went well most often
is as good as can be. It is written as a decision with a table, a rule for each part, which Stepwright checks, tests and publishes
as any other. Only answers are chosen that were given often enough in a part: without some chance in what was decided, such as a
canary, there is nothing to compare.
"""

import argparse
import json
from collections import defaultdict
from pathlib import Path

LEAST = 15  # rows of a part, and of an answer in it, that are enough to go by
DEEPEST = 3
MARKS = 16  # numbers at which a part is tried to be divided


def read(path):
    """The rows that tell how it went: what was known, the answer as text, and whether it went well."""
    rows = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        if row.get("success") is None or row.get("error") is not None:
            continue
        known = {name[8:]: value for name, value in row.items() if name.startswith("feature.")}
        answer = {name[7:]: value for name, value in row.items() if name.startswith("chosen.")}
        rows.append((known, json.dumps(answer, sort_keys=True), row["success"]))
    return rows


def best(rows):
    """The answer that went well most often, and its chance; a rare one counts as one that goes half well."""
    counts = defaultdict(lambda: [1, 2])
    for _, answer, success in rows:
        counts[answer][0] += success
        counts[answer][1] += 1
    often = {answer: well / all for answer, (well, all) in counts.items() if all - 2 >= LEAST}
    return max(often.items(), key=lambda pair: pair[1]) if often else None


def questions(rows):
    """What can be asked of a part: is a number at most so much, is a text this one."""
    for name in rows[0][0]:
        values = [known.get(name) for known, _, _ in rows]
        if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
            marks = sorted(set(values))
            for mark in marks[:-1][:: max(1, len(marks) // MARKS)]:
                yield name, "<=", mark
        elif all(isinstance(value, str) for value in values):
            for value in sorted(set(values))[:MARKS]:
                yield name, "=", value


def holds(known, name, operator, mark):
    return known[name] <= mark if operator == "<=" else known[name] == mark


def grow(rows, path=()):
    """The parts, each with the questions that lead to it and their answers, and what is best there."""
    top = best(rows)
    if top is None:
        return []
    chosen, gain = None, 0.01
    for question in questions(rows) if len(path) < DEEPEST else ():
        parts = [[row for row in rows if holds(row[0], *question) is side] for side in (True, False)]
        tops = [best(part) if len(part) >= LEAST else None for part in parts]
        if None in tops:
            continue
        value = sum(len(part) * chance for part, (_, chance) in zip(parts, tops)) / len(rows)
        if value - top[1] > gain:
            chosen, gain = (question, parts), value - top[1]
    if chosen is None:
        return [(path, top[0])]
    question, parts = chosen
    return [leaf for side, part in zip((True, False), parts) for leaf in grow(part, (*path, (question, side)))]


def cells(path):
    """The cells of a rule: of numbers the range that is left, of texts which it is, or which it is not."""
    low, high, texts = {}, {}, defaultdict(list)
    for (name, operator, mark), side in path:
        if operator == "<=" and side:
            high[name] = mark
        elif operator == "<=":
            low[name] = mark
        else:
            texts[name].append((mark, side))
    when = {}
    for name in {**low, **high}:
        if name in low and name in high:
            when[name] = f"({low[name]}..{high[name]}]"
        else:
            when[name] = f"> {low[name]}" if name in low else f"<= {high[name]}"
    for name, marks in texts.items():
        same = [mark for mark, side in marks if side]
        when[name] = [same[0]] if same else f"not({', '.join(json.dumps(mark) for mark, _ in marks)})"
    return when


def main():
    parser = argparse.ArgumentParser(description="Learns a decision from an export of Stepwright.")
    parser.add_argument("decision", type=Path, help="what `stepwright decisions show NAME --json` has printed")
    parser.add_argument("data", type=Path, help="folder of an export as JSON Lines with --split")
    parser.add_argument("--version", required=True, help="version of the new decision")
    parser.add_argument("-o", "--out", type=Path, required=True, help="file to write the decision to")
    args = parser.parse_args()

    old = json.loads(args.decision.read_text("utf-8"))
    train, test = (read(args.data / f"{old['name']}.{part}.jsonl") for part in ("train", "test"))
    leaves = grow(train) if train else []
    if not leaves:
        parser.exit(1, f"{len(train)} rows of training are too few to learn from\n")
    rules = [
        {"when": cells(path), "give": json.loads(answer), "note": f"Learned from {len(train)} decisions."}
        for path, answer in leaves
    ]
    example = next(known for known, _, _ in test + train)
    learned = {
        "stepwright": 1,
        "decision": old["name"],
        "version": args.version,
        "description": f"Learned from what came of {old['name']} {old['version']}.",
        "inputs": old["inputs"],
        "outputs": old["outputs"],
        "table": {"hit": "first", "rules": rules},
        "tests": [{"given": example, "expect": json.loads(decide(leaves, example))}],
    }
    args.out.write_text(json.dumps(learned, indent=2) + "\n", "utf-8")
    agreed = [success for known, answer, success in test if decide(leaves, known) == answer]
    print(f"{len(rules)} rules; of {len(test)} decisions of the test, {share([s for _, _, s in test])} went well;")
    print(f"of the {len(agreed)} that were decided as these rules would, {share(agreed)}")


def decide(leaves, known):
    return next(answer for path, answer in leaves if all(holds(known, *question) is side for question, side in path))


def share(outcomes):
    return f"{100 * sum(outcomes) / len(outcomes):.0f} %" if outcomes else "none"


if __name__ == "__main__":
    main()
