// Two goroutines count in one variable, under a mutex.
package main

import (
	"fmt"
	"sync"
)

func main() {
	n := 0
	var mutex sync.Mutex
	var tasks sync.WaitGroup
	for t := 0; t < 2; t++ {
		tasks.Add(1)
		go func() {
			defer tasks.Done()
			for i := 0; i < 300_000; i++ {
				mutex.Lock()
				n++
				mutex.Unlock()
			}
		}()
	}
	tasks.Wait()
	fmt.Println(n)
}
