#lang racket/base
;; Integers of thousands of digits: a power, a factorial, and their digits.
(define (factorial n)
  (for/fold ([product 1]) ([i (in-range 2 (add1 n))]) (* product i)))

(for ([round (in-range 10)])
  (define power (number->string (expt 2 20000)))
  (define fact (number->string (factorial 3000)))
  (printf "~a ~a ~a ~a\n" (string-length power) (substring power 0 10)
          (string-length fact) (substring fact 0 10)))
