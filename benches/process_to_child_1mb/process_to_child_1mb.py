# Messages from one child process to another: 1 MB each.
from multiprocessing import Process, Queue

message = "x" * 1_048_576


def produce(q):
    for i in range(100):
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
