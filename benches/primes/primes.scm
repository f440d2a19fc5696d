;; The lecture's six numbers, one after the other: loops and integer arithmetic.
(define numbers
  '(112272535095293 112582705942171 112272535095293
    115280095190773 115797848077099 1099726899285419))

(define (prime? n)
  (and (odd? n)
       (let ((last (exact-integer-sqrt n)))
         (let loop ((i 3))
           (cond ((> i last) #t)
                 ((= 0 (modulo n i)) #f)
                 (else (loop (+ i 2))))))))

(for-each
 (lambda (n) (display n) (display (if (prime? n) " true\n" " false\n")))
 numbers)
