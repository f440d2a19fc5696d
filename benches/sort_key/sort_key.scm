;; 300,000 pairs, sorted by a key function.
(define (pairs n)
  (let loop ((i 0) (seed 42) (made '()))
    (if (= i n)
        (reverse made)
        (let ((next (modulo (+ (* seed 1103515245) 12345) 2147483648)))
          (loop (+ i 1) next (cons (cons i next) made))))))

(define (key pair) (quotient (cdr pair) 8))

(let ((by (list->vector (stable-sort (pairs 300000) (lambda (a b) (< (key a) (key b)))))))
  (for-each (lambda (at) (display (car (vector-ref by at))) (display (if (= at 299999) "\n" " ")))
            '(0 150000 299999)))
