// Many small goroutines, started in rows of a thousand; each answers over a channel of its own.
package main

import "fmt"

func work(n int) int { return n % 7 }

func main() {
	total := 0
	for row := 0; row < 200; row++ {
		fs := make([]chan int, 1000)
		for n := range fs {
			n := n
			f := make(chan int, 1)
			fs[n] = f
			go func() { f <- work(n) }()
		}
		for _, f := range fs {
			total += <-f
		}
	}
	fmt.Println(total)
}
