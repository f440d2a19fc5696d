// One goroutine selects over eight channels, each with a producer of its own.
package main

import "fmt"

func main() {
	qs := make([]chan int, 8)
	for k := range qs {
		q := make(chan int, 1024)
		qs[k] = q
		go func() {
			for i := 0; i < 20_000; i++ {
				q <- i
			}
		}()
	}
	total := 0
	for i := 0; i < 160_000; i++ {
		var x int
		select {
		case x = <-qs[0]:
		case x = <-qs[1]:
		case x = <-qs[2]:
		case x = <-qs[3]:
		case x = <-qs[4]:
		case x = <-qs[5]:
		case x = <-qs[6]:
		case x = <-qs[7]:
		}
		total += x
	}
	fmt.Println(total)
}
