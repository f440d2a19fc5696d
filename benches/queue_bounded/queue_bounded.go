// A bounded queue of 16, one producer, one consumer.
package main

import "fmt"

func main() {
	q := make(chan int, 16)
	go func() {
		for i := 0; i < 200_000; i++ {
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
