;; Many small futures, started in rows of a thousand and touched in order.
(use-modules (ice-9 futures))
(define (work n) (modulo n 7))

(define (row)
  (let ((fs (map (lambda (n) (future (work n))) (iota 1000))))
    (apply + (map touch fs))))

(let loop ((i 0) (total 0))
  (if (= i 200)
      (begin (display total) (newline))
      (loop (+ i 1) (+ total (row)))))
