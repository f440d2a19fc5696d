// Hand-over: a queue without room, one producer, one consumer.
package main

import "fmt"

func main() {
	q := make(chan int, 0)
	go func() {
		for i := 0; i < 100_000; i++ {
			q <- i
		}
		close(q)
	}()
	total := 0
	for x := range q {
		total += x
	}
	fmt.Println(total)
}
