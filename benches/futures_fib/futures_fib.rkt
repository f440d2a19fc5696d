#lang racket/base
;; Fork and join: a future for every call.
(require racket/future)
(define (fib n)
  (if (< n 2)
      n
      (let* ([other (future (lambda () (fib (- n 1))))]
             [mine (fib (- n 2))])
        (+ mine (touch other)))))

(displayln (fib 27))
