// A million goroutines at once; each answers over a channel of its own.
package main

import "fmt"

func main() {
	fs := make([]chan int, 1_000_000)
	for n := range fs {
		n := n
		f := make(chan int, 1)
		fs[n] = f
		go func() { f <- n % 7 }()
	}
	total := 0
	for _, f := range fs {
		total += <-f
	}
	fmt.Println(total)
}
