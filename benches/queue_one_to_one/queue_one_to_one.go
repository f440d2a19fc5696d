// One producer, one consumer.
package main

import "fmt"

func main() {
	q := make(chan int, 1024)
	go func() {
		for i := 0; i < 1_000_000; i++ {
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
