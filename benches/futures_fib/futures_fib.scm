;; Fork and join: a future for every call.
(use-modules (ice-9 futures))
(define (fib n)
  (if (< n 2)
      n
      (let* ((other (future (fib (- n 1))))
             (mine (fib (- n 2))))
        (+ mine (touch other)))))

(display (fib 27))
(newline)
