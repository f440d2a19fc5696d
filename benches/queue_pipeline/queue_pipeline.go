// The lecture's pipeline, accum -> mul, with a million numbers.
package main

import "fmt"

func accum(input <-chan int, output chan<- int) {
	s := 0
	for p := range input {
		s = (s + p) % 1000003
		output <- s
	}
	close(output)
}

func mul(input <-chan int, output chan<- int, factor int) {
	for p := range input {
		output <- p * factor
	}
	close(output)
}

func main() {
	q1, q2, q3 := make(chan int, 1024), make(chan int, 1024), make(chan int, 1024)
	go accum(q1, q2)
	go mul(q2, q3, 3)
	go func() {
		for i := 0; i < 1_000_000; i++ {
			q1 <- i
		}
		close(q1)
	}()
	total := 0
	for x := range q3 {
		total += x
	}
	fmt.Println(total)
}
