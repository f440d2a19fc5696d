#lang racket/base
;; 300,000 pairs, sorted by a key function.
(define pairs
  (let loop ([i 0] [seed 42] [made '()])
    (if (= i 300000)
        (reverse made)
        (let ([next (modulo (+ (* seed 1103515245) 12345) 2147483648)])
          (loop (add1 i) next (cons (cons i next) made))))))
(define by
  (list->vector (sort pairs < #:key (lambda (pair) (quotient (cdr pair) 8)))))
(define (at i) (car (vector-ref by i)))
(printf "~a ~a ~a\n" (at 0) (at 150000) (at 299999))
