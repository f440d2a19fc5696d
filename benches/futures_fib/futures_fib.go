// Fork and join: a goroutine for every call.
package main

import "fmt"

func fib(n int) int {
	if n < 2 {
		return n
	}
	other := make(chan int, 1)
	go func() { other <- fib(n - 1) }()
	return fib(n-2) + <-other
}

func main() { fmt.Println(fib(27)) }
