;; How often each word occurs: a hash table with strings as keys.
(define (words n)
  (let loop ((i 0) (seed 7) (made '()))
    (if (= i n)
        (reverse made)
        (let ((next (modulo (+ (* seed 1103515245) 12345) 2147483648)))
          (loop (+ i 1) next
                (cons (string-append
                       "w" (number->string (modulo (quotient next 65536) 5000)))
                      made))))))

(define counts (make-hash-table))
(for-each (lambda (word) (hash-set! counts word (+ 1 (hash-ref counts word 0))))
          (words 500000))
(display (hash-count (const #t) counts))
(display " ")
(display (hash-fold (lambda (word n most) (max n most)) 0 counts))
(display " ")
(display (hash-ref counts "w17"))
(newline)
