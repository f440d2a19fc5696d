#lang racket/base
;; Many small futures, started in rows of a thousand and touched in order.
(require racket/future)
(define (work n) (modulo n 7))

(define (row)
  (define fs (for/list ([n (in-range 1000)]) (future (lambda () (work n)))))
  (for/sum ([f fs]) (touch f)))

(displayln (for/sum ([i (in-range 200)]) (row)))
