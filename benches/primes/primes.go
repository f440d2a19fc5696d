// The lecture's six numbers, one after the other: loops and integer arithmetic.
package main

import (
	"fmt"
	"math"
)

func isPrime(n int64) bool {
	if n%2 == 0 {
		return false
	}
	for i := int64(3); i <= int64(math.Sqrt(float64(n))); i += 2 {
		if n%i == 0 {
			return false
		}
	}
	return true
}

func main() {
	numbers := []int64{
		112272535095293, 112582705942171, 112272535095293,
		115280095190773, 115797848077099, 1099726899285419,
	}
	for _, n := range numbers {
		fmt.Println(n, isPrime(n))
	}
}
