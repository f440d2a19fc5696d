#lang racket/base
;; Objects as hash tables: fields read and written in a loop.
(define (particle i)
  (make-hasheq (list (cons 'x i) (cons 'y (* 2 i))
                     (cons 'dx (+ 1 (modulo i 3))) (cons 'dy (- 2 (modulo i 5))))))

(define (move p)
  (hash-set! p 'x (+ (hash-ref p 'x) (hash-ref p 'dx)))
  (hash-set! p 'y (+ (hash-ref p 'y) (hash-ref p 'dy)))
  (when (> (hash-ref p 'x) 1000) (hash-set! p 'dx (- (hash-ref p 'dx))))
  (when (< (hash-ref p 'y) 0) (hash-set! p 'dy (- (hash-ref p 'dy)))))

(define particles (for/list ([i (in-range 1000)]) (particle i)))
(for ([turn (in-range 500)])
  (for ([p particles]) (move p)))
(displayln (for/sum ([p particles]) (+ (hash-ref p 'x) (hash-ref p 'y))))
