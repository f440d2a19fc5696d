// Two goroutines, one value back and forth.
package main

import "fmt"

func main() {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for x := range ping {
			pong <- x + 1
		}
	}()
	x := 0
	for i := 0; i < 100_000; i++ {
		ping <- x
		x = <-pong
	}
	close(ping)
	fmt.Println(x)
}
