// Functions that make functions, and loops in the place of map, filter, reduce.
package main

import "fmt"

func adder(n int) func(int) int { return func(x int) int { return x + n } }

func compose(f, g func(int) int) func(int) int {
	return func(x int) int { return f(g(x)) }
}

func main() {
	total := 0
	for i := 0; i < 300_000; i++ {
		total += compose(adder(i), adder(1))(i)
	}
	squares := []int{}
	for i := 0; i < 1_000_000; i++ {
		squares = append(squares, i*i)
	}
	even := []int{}
	for _, x := range squares {
		if x%2 == 0 {
			even = append(even, x)
		}
	}
	sum := 0
	for _, x := range even {
		sum = (sum + x) % 1000007
	}
	fmt.Println(total, sum)
}
