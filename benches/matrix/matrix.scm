;; The product of two matrices of 120 x 120, as vectors of vectors: nested loops and indexing.
(define (build n f)
  (let ((v (make-vector n)))
    (do ((i 0 (+ i 1))) ((= i n) v)
      (vector-set! v i (f i)))))

(define (matrix n seed)
  (build n (lambda (i) (build n (lambda (j) (modulo (+ (* i seed) (* j 7)) 10))))))

(define (at m i j) (vector-ref (vector-ref m i) j))

(define (product a b)
  (let ((n (vector-length a)))
    (build n
           (lambda (i)
             (build n
                    (lambda (j)
                      (let loop ((k 0) (sum 0))
                        (if (= k n)
                            sum
                            (loop (+ k 1) (+ sum (* (at a i k) (at b k j))))))))))))

(let* ((n 120) (c (product (matrix n 3) (matrix n 5))))
  (display (at c 0 0)) (display " ")
  (display (at c 17 93)) (display " ")
  (display (at c (- n 1) (- n 1))) (newline))
