// Two goroutines fill one slice, which takes a mutex here.
package main

import (
	"fmt"
	"sync"
)

func main() {
	var shared []int
	var mutex sync.Mutex
	var tasks sync.WaitGroup
	for _, start := range []int{0, 300_000} {
		start := start
		tasks.Add(1)
		go func() {
			defer tasks.Done()
			for i := start; i < start+300_000; i++ {
				mutex.Lock()
				shared = append(shared, i)
				mutex.Unlock()
			}
		}()
	}
	tasks.Wait()
	sum := 0
	for _, n := range shared {
		sum += n
	}
	fmt.Println(len(shared), sum)
}
