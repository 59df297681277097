"""HMAC-SHA256: standard input is JSON, a secret and a text; standard output the hexadecimal digits."""
import hmac
import json
import sys

secret, text = json.load(sys.stdin)
sys.stdout.write(hmac.new(secret.encode(), text.encode(), "sha256").hexdigest())
