"""An independent verifier: dkimpy, with DNS answers given instead of asked for.

Standard input holds one JSON document a line. The first is {name: TXT value}; each other is
{"letter": Base64, "signatures": how many, "turn": which of the other fields to tamper with}.
Each answer is {"accepted": [for each signature], "tamperings": number, "survived": [those still accepted]}.
"""

import base64
import json
import re
import sys

import dkim


def verify(letter, index, texts):
    def look_up(name, timeout=5):
        return texts.get(name.decode().rstrip("."))

    try:
        return dkim.DKIM(letter).verify(idx=index, dnsfunc=look_up)
    except dkim.DKIMException:
        return False


def split(letter):
    head, _, body = letter.partition(b"\r\n\r\n")
    return re.split(rb"\r\n(?![ \t])", head), body


def join(fields, body):
    return b"\r\n".join(fields) + b"\r\n\r\n" + body


def name_of(field):
    return field.partition(b":")[0].strip().lower()


def tamper(letter, turn):
    """Every List-* field, and one other signed field, altered, removed, doubled; the body altered."""
    fields, body = split(letter)
    signature = next(f for f in fields if name_of(f) == b"dkim-signature")
    signed = re.search(rb";\s*h=([^;]*)", signature).group(1)
    signed = {name.strip().lower() for name in signed.split(b":")}
    places = [n for n, field in enumerate(fields) if name_of(field) in signed]
    chosen = [n for n in places if name_of(fields[n]).startswith(b"list-")]
    others = [n for n in places if n not in chosen]
    chosen.append(others[turn % len(others)])
    for n in chosen:
        name = name_of(fields[n]).decode()
        before, field, after = fields[:n], fields[n], fields[n + 1:]
        yield "altered " + name, join(before + [field + b"x"] + after, body)
        yield "removed " + name, join(before + after, body)
        yield "doubled " + name, join([field] + fields, body)
    turned = fields[places[turn % len(places)]]
    yield "doubled below", join(fields + [turned], body)
    yield "another in front", join([turned.partition(b":")[0] + b": x"] + fields, body)
    yield "added list-archive", join([b"List-Archive: <https://other.example/>"] + fields, body)
    yield "altered body", join(fields, b"x" + body)
    yield "longer body", join(fields, body + b"x\r\n")


def main():
    lines = iter(sys.stdin)
    texts = {name: value.encode() for name, value in json.loads(next(lines)).items()}
    for line in lines:
        task = json.loads(line)
        letter = base64.b64decode(task["letter"])
        indexes = range(task["signatures"])
        accepted = [verify(letter, n, texts) for n in indexes]
        survived, count = [], 0
        for how, tampered in tamper(letter, task["turn"]):
            count += 1
            survived += [f"{how}, signature {n}" for n in indexes if verify(tampered, n, texts)]
        print(json.dumps({"accepted": accepted, "tamperings": count, "survived": survived}), flush=True)


main()
