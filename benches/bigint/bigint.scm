;; Integers of thousands of digits: a power, a factorial, and their digits.
(define (factorial n)
  (do ((i 2 (+ i 1)) (product 1 (* product i))) ((> i n) product)))

(do ((round 0 (+ round 1))) ((= round 10))
  (let ((power (number->string (expt 2 20000)))
        (fact (number->string (factorial 3000))))
    (for-each display
              (list (string-length power) " " (substring power 0 10) " "
                    (string-length fact) " " (substring fact 0 10) "\n"))))
