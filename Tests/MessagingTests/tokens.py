"""Verifies tokens with PyJWT at given moments.

Standard input is JSON: the secret or public key, the algorithm, whether there is an audience, and a list of
[token, seconds]; standard output, for each, the claims, or the name of PyJWT's error."""
import json
import sys

import jwt
import jwt.api_jwt


class Clock:
    """PyJWT reads the time through `datetime.now`."""

    at = 0

    @classmethod
    def now(cls, tz=None):
        import datetime
        return datetime.datetime.fromtimestamp(cls.at, tz)


jwt.api_jwt.datetime = Clock
question = json.load(sys.stdin)
answers = []
for token, at in question["tokens"]:
    Clock.at = at
    try:
        needed = ["nbf", "exp"] + (["aud", "iss", "sub"] if question["hasAudience"] else ["iat"])
        answers.append({"claims": json.dumps(jwt.decode(
            token, question["secret"], algorithms=[question["algorithm"]],
            audience="jitsi" if question["hasAudience"] else None,
            options={"require": needed}), sort_keys=True)})
    except jwt.PyJWTError as error:
        answers.append({"error": type(error).__name__})
json.dump(answers, sys.stdout)
