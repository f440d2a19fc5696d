# Messages from one child process to another: 10 bytes each.
from multiprocessing import Process, Queue

message = "x" * 10


def produce(q):
    for i in range(50_000):
        q.put(message)
    q.put(None)


def consume(q, result):
    total = 0
    while (x := q.get()) is not None:
        total += len(x)
    result.put(total)


if __name__ == "__main__":
    q, result = Queue(), Queue()
    producer = Process(target=produce, args=(q,))
    consumer = Process(target=consume, args=(q, result))
    producer.start()
    consumer.start()
    print(result.get())
    producer.join()
    consumer.join()
