"""A chat through Headgate with nothing but Python's own library: an answer, its cost, then a stream.

Needs OPENAI_API_KEY; HEADGATE_URL where the gateway is elsewhere.
"""

import json
import os
import urllib.request

HEADGATE = os.environ.get("HEADGATE_URL", "http://127.0.0.1:8787")


def ask(question: str, **more):
    """The open answer of a model to a question."""
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": question}], **more}
    request = urllib.request.Request(
        f"{HEADGATE}/v1/default/default/openai/chat/completions",
        data=json.dumps(body).encode(),
        headers={
            "authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "content-type": "application/json",
            # Kept with the log: who asked.
            "cf-aig-metadata": json.dumps({"user": "ada"}),
        },
    )
    return urllib.request.urlopen(request, timeout=60)


with ask("Name a river.") as answer:
    print(json.load(answer)["choices"][0]["message"]["content"])
    print(f"{answer.headers['cf-aig-tokens-out']} tokens, ${answer.headers['cf-aig-cost']}")

with ask("Name another.", stream=True, stream_options={"include_usage": True}) as answer:
    for line in answer:
        if not line.startswith(b"data: ") or line.startswith(b"data: [DONE]"):
            continue
        for choice in json.loads(line[6:])["choices"]:
            print(choice["delta"].get("content") or "", end="", flush=True)
print()
