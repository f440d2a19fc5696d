// Integers of thousands of digits: a power, a factorial, and their digits.
package main

import (
	"fmt"
	"math/big"
)

func factorial(n int64) *big.Int {
	product := big.NewInt(1)
	for i := int64(2); i <= n; i++ {
		product.Mul(product, big.NewInt(i))
	}
	return product
}

func main() {
	for round := 0; round < 10; round++ {
		power := new(big.Int).Exp(big.NewInt(2), big.NewInt(20000), nil).String()
		fact := factorial(3000).String()
		fmt.Println(len(power), power[:10], len(fact), fact[:10])
	}
}
