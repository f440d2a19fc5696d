;; Functions that make functions, and map, filter, fold over them.
(use-modules (srfi srfi-1))
(define (adder n) (lambda (x) (+ x n)))
(define (compose2 f g) (lambda (x) (f (g x))))

(define total
  (let loop ((i 0) (total 0))
    (if (= i 300000)
        total
        (loop (+ i 1) (+ total ((compose2 (adder i) (adder 1)) i))))))
(define squares (map (lambda (x) (* x x)) (iota 1000000)))
(define even (filter (lambda (x) (= 0 (modulo x 2))) squares))
(display total)
(display " ")
(display (fold (lambda (b a) (modulo (+ a b) 1000007)) 0 even))
(newline)
