// 10,000 goroutines that all wait for one.
package main

import "fmt"

func main() {
	first := make(chan struct{})
	value := 0
	q := make(chan int)
	go func() { value = <-q; close(first) }()
	fs := make([]chan int, 10_000)
	for n := range fs {
		n := n
		f := make(chan int, 1)
		fs[n] = f
		go func() { <-first; f <- value + n }()
	}
	q <- 1
	total := 0
	for _, f := range fs {
		total += <-f
	}
	fmt.Println(total)
}
