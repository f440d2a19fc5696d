#lang racket/base
;; The product of two matrices of 120 x 120, as vectors of vectors: nested loops and indexing.
(define (matrix n seed)
  (for/vector #:length n ([i (in-range n)])
    (for/vector #:length n ([j (in-range n)])
      (modulo (+ (* i seed) (* j 7)) 10))))

(define (at m i j) (vector-ref (vector-ref m i) j))

(define (product a b)
  (define n (vector-length a))
  (for/vector #:length n ([i (in-range n)])
    (for/vector #:length n ([j (in-range n)])
      (for/fold ([sum 0]) ([k (in-range n)])
        (+ sum (* (at a i k) (at b k j)))))))

(define n 120)
(define c (product (matrix n 3) (matrix n 5)))
(printf "~a ~a ~a\n" (at c 0 0) (at c 17 93) (at c (- n 1) (- n 1)))
