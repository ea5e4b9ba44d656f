"""A classifier for tests, on py-amqp alone: labels an image with the hash of its bytes.

It has the real one's habits: declares only the reply queue, plainly; replies before it
acknowledges; gives back what it cannot decode; ends when the request queue is not there.

    python -m tests.classification.hashing_classifier REQUEST_QUEUE REPLY_QUEUE [SECONDS_AN_IMAGE]
"""

import base64
import hashlib
import json
import sys
import time

import amqp


def label(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()


def main(requests: str, replies: str, seconds: float = 0.0) -> None:
    with amqp.Connection("127.0.0.1:5672") as connection:
        channel = connection.channel()
        channel.queue_declare(replies, durable=False, auto_delete=False)

        def answer(message: amqp.Message) -> None:
            time.sleep(seconds)
            try:
                request = json.loads(message.body)
                said = label(base64.b64decode(request["image"], validate=True))
                body = json.dumps({"photo_id": request["photo_id"], "label": said})
            except ValueError:
                channel.basic_reject(message.delivery_tag, requeue=True)
                return
            channel.basic_publish(amqp.Message(body, delivery_mode=2), routing_key=replies)
            channel.basic_ack(message.delivery_tag)

        channel.basic_qos(0, 10, False)
        channel.basic_consume(requests, callback=answer)
        while True:
            connection.drain_events()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(float, sys.argv[3:]))
