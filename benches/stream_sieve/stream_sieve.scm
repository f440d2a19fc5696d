;; The sieve over streams, to the 2000th prime: every prime filters what is left.
(define-syntax-rule (stream-of head tail) (cons head (delay tail)))
(define (rest s) (force (cdr s)))
(define (ints n) (stream-of n (ints (+ n 1))))

(define (sift p s)
  (if (= 0 (modulo (car s) p))
      (sift p (rest s))
      (stream-of (car s) (sift p (rest s)))))

(define (sieve s)
  (stream-of (car s) (sieve (sift (car s) (rest s)))))

(let loop ((i 0) (s (sieve (ints 2))))
  (if (= i 1999)
      (begin (display (car s)) (newline))
      (loop (+ i 1) (rest s))))
