"""Reads mails with Python's own `email` and, in them, calendars with PyPI's `icalendar`.

Standard input is a JSON list of whole mails; standard output a JSON list of what they say."""
import email
import email.policy
import json
import sys

import icalendar


def said(text):
    raw = text.encode()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = {part.get_content_type(): part for part in message.walk() if not part.is_multipart()}
    defects = list(message.defects) + [d for p in message.walk() for d in p.defects]
    defects += [d for h in message.values() for d in h.defects]
    result = {
        "headers": sorted(message.keys()),
        "subject": message["subject"],
        "from": [a.addr_spec for a in message["from"].addresses],
        "to": [[a.display_name, a.addr_spec] for a in message["to"].addresses],
        "id": message["message-id"],
        "date": message["date"].datetime.isoformat(),
        "types": [p.get_content_type() for p in message.walk()],
        "plain": parts["text/plain"].get_content().replace("\r\n", "\n"),
        "html": parts["text/html"].get_content(),
        "defects": [type(d).__name__ for d in defects],
        "longest": max(len(line) for line in raw.split(b"\r\n")),
        "bare": raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r"),
    }
    if "text/calendar" in parts:
        part = parts["text/calendar"]
        body = part.get_payload(decode=True)
        calendar = icalendar.Calendar.from_ical(body)
        events = calendar.walk("VEVENT")
        event = events[0]
        result["calendar"] = {
            "method": str(calendar["METHOD"]), "parameter": part.get_param("method"),
            "uid": str(event["UID"]), "sequence": int(event["SEQUENCE"]),
            "start": event["DTSTART"].dt.isoformat(), "end": event["DTEND"].dt.isoformat(),
            "status": str(event["STATUS"]), "summary": str(event["SUMMARY"]),
            "location": str(event.get("LOCATION", "")), "description": str(event["DESCRIPTION"]),
            "attendee": str(event.get("ATTENDEE", "")), "properties": sorted(event.keys()),
            "longest": max(len(line) for line in body.split(b"\r\n")),
            "events": [[str(e["UID"]), e["DTSTART"].dt.isoformat(), str(e["STATUS"]),
                        str(e["DESCRIPTION"])] for e in events],
        }
    return result


json.dump([said(text) for text in json.load(sys.stdin)], sys.stdout)
