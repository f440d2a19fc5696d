// Objects as maps: fields read and written in a loop.
package main

import "fmt"

func particle(i int) map[string]int {
	return map[string]int{"x": i, "y": 2 * i, "dx": 1 + i%3, "dy": 2 - i%5}
}

func move(p map[string]int) {
	p["x"] += p["dx"]
	p["y"] += p["dy"]
	if p["x"] > 1000 {
		p["dx"] = -p["dx"]
	}
	if p["y"] < 0 {
		p["dy"] = -p["dy"]
	}
}

func main() {
	particles := []map[string]int{}
	for i := 0; i < 1000; i++ {
		particles = append(particles, particle(i))
	}
	for turn := 0; turn < 500; turn++ {
		for _, p := range particles {
			move(p)
		}
	}
	sum := 0
	for _, p := range particles {
		sum += p["x"] + p["y"]
	}
	fmt.Println(sum)
}
