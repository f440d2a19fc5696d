// Nothing.
package main

func main() {}
