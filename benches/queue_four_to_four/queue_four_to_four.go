// Four producers, four consumers.
package main

import (
	"fmt"
	"sync"
)

func main() {
	q := make(chan int, 1024)
	var producers sync.WaitGroup
	for p := 0; p < 4; p++ {
		producers.Add(1)
		go func() {
			defer producers.Done()
			for i := 0; i < 100_000; i++ {
				q <- i
			}
		}()
	}
	totals := make(chan int)
	for c := 0; c < 4; c++ {
		go func() {
			total := 0
			for x := range q {
				total += x
			}
			totals <- total
		}()
	}
	producers.Wait()
	close(q)
	total := 0
	for c := 0; c < 4; c++ {
		total += <-totals
	}
	fmt.Println(total)
}
