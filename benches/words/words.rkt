#lang racket/base
;; How often each word occurs: a hash table with strings as keys.
(define words
  (let loop ([i 0] [seed 7] [made '()])
    (if (= i 500000)
        (reverse made)
        (let ([next (modulo (+ (* seed 1103515245) 12345) 2147483648)])
          (loop (add1 i) next
                (cons (string-append
                       "w" (number->string (modulo (quotient next 65536) 5000)))
                      made))))))
(define counts (make-hash))
(for ([word words]) (hash-update! counts word add1 0))
(define most (for/fold ([most 0]) ([n (in-hash-values counts)]) (max most n)))
(printf "~a ~a ~a\n" (hash-count counts) most (hash-ref counts "w17"))
