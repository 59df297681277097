"""Verifies tokens with PyJWT at given moments.

Standard input is JSON: the secret and a list of [token, seconds]; standard output, for each, the claims, or
the name of PyJWT's error."""
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
        answers.append({"claims": json.dumps(jwt.decode(
            token, question["secret"], algorithms=["HS256"], audience="jitsi",
            options={"require": ["nbf", "exp", "aud", "iss", "sub"]}), sort_keys=True)})
    except jwt.PyJWTError as error:
        answers.append({"error": type(error).__name__})
json.dump(answers, sys.stdout)
