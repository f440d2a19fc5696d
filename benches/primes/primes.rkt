#lang racket/base
;; The lecture's six numbers, one after the other: loops and integer arithmetic.
(define numbers
  '(112272535095293 112582705942171 112272535095293
    115280095190773 115797848077099 1099726899285419))

(define (prime? n)
  (and (odd? n)
       (for/and ([i (in-range 3 (add1 (integer-sqrt n)) 2)])
         (not (zero? (modulo n i))))))

(for ([n numbers])
  (printf "~a ~a\n" n (if (prime? n) "true" "false")))
