#lang racket/base
;; Functions that make functions, and map, filter, foldl over them.
(define (adder n) (lambda (x) (+ x n)))
(define (compose2 f g) (lambda (x) (f (g x))))

(define total
  (for/fold ([total 0]) ([i (in-range 300000)])
    (+ total ((compose2 (adder i) (adder 1)) i))))
(define xs (for/list ([i (in-range 1000000)]) i))
(define squares (map (lambda (x) (* x x)) xs))
(define even (filter (lambda (x) (= 0 (modulo x 2))) squares))
(printf "~a ~a\n" total (foldl (lambda (b a) (modulo (+ a b) 1000007)) 0 even))
